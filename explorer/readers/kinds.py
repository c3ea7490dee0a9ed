"""What one document of a kind is called in a list, where its format's label is no word or two."""

from __future__ import annotations

SHORT = {
    "image": "Image",
    "docx": "Word",
    "pptx": "PowerPoint",
    "xlsx": "Excel",
    "xls": "Excel",
    "odt": "ODT",
    "ods": "ODS",
    "odp": "ODP",
    "doc": "Word",
    "ppt": "PowerPoint",
    "protected": "Office",
    "zip": "Zip",
    "tar": "Tar",
    "packed": "Packed",
    "msg": "Mail",
    "mbox": "Mailbox",
    "eml": "Mail",
    "html": "Web page",
    "notebook": "Notebook",
    "subtitles": "Subtitles",
    "csv": "CSV",
    "code": "Code",
    "text": "Text",
}
