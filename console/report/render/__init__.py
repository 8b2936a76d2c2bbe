"""One record as PDF, workbook, CSV, HTML and JSON."""
