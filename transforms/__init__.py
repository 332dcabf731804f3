"""Measures and indicators: pure functions and SQL, one definition per formula."""
