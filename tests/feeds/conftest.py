"""Its place tells pytest where the stages of this folder are, also for the tests of one room alone."""
