"""The static web page: templates, charts, texts."""
