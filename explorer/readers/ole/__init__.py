"""What old Office files and Outlook messages stand in: OLE containers, and the records in their streams."""
