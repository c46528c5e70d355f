"""report.html: one self-contained page."""

from simengine.report.page.write import page_bytes, write_page

__all__ = ["page_bytes", "write_page"]
