"""Word, Excel, PowerPoint, OpenDocument, RTF and their older forms."""
