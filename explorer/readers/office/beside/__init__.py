"""What stands beside the text of Office files: comments, SmartArt, headers and footers of sheets."""
