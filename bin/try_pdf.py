"""Can this machine make our PDFs? Renders one line of names and exits with 0, or says what is missing.

Loading Pango and finding a glyph for every script are two different things; both are tried, neither is guessed from
package lists.
"""

import logging
import sys

NAMES = "Ana, Łukasz, 张伟, 佐藤, 김민준, علي, שלום, Дмитрий, Nguyễn, 🎉"


class Complaints(logging.Handler):
    """Keeps every warning; WeasyPrint gives one for each character that no font can draw."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def main() -> None:
    """Raise OSError without Pango; exit with a list of what could not be drawn."""
    from weasyprint import HTML  # it loads Pango when imported, and fails there without it

    complaints = Complaints()
    logging.getLogger("weasyprint").addHandler(complaints)
    HTML(string=f"<p>{NAMES}</p>").write_pdf()
    if complaints.texts:
        sys.exit("\n".join(complaints.texts))


if __name__ == "__main__":
    main()
