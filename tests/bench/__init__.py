"""The benchmarks themselves: what they call a regression, and what fails."""
