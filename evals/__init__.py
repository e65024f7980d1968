"""How good the service is, measured: data sets, metrics, suites, runs and their report."""
