"""Files → pages of text. Parsing happens in child processes; `ReaderPool` is the way in.

    reading.py    what a reader returns, and the limits it works within
    registry.py   every format that can be read: one table for detection, picker, docs and messages
    runs.py       the map from offsets of a page's text to PDFium's character indices
    pool.py       ReaderPool: children that read files and draw pages, kept alive and killable
    __main__.py   the child: `python -m explorer.readers`
    entries.py sample.py    one entry of that table; what detection may look at
    sniffing.py text_sniffing.py decoding.py    which format, which kind of text, which encoding
    pdf.py docx.py html.py epub.py markdown.py text.py delimited.py structured.py xml_text.py notebook.py
    subtitles.py …    one format each; language.py for all of them
    pdf_second.py pdf_facts.py    a PDF that PDFium refuses; what both ways of reading one share
    images.py ocr.py ocr_order.py recognised.py pdf_ocr.py    pictures of text, and text of pictures
    boxes.py      where the words of a recognised page stand
    pages.py      a PDF page as an image, and the boxes of a passage on it

The app, the command line and the worker never import a parser: they talk to a pool.
"""

from __future__ import annotations
