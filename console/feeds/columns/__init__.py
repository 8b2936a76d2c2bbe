"""The columnar source: the telemetry frames of `console.wire`, for bulk data and benches."""
