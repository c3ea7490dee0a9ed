"""What the pages are made of: a folder for each page, the frame around them, and what several pages share."""
