"""What stands on scanned pages, typed off by hand from their images."""

from __future__ import annotations

BUNDLES = "Docling bundles PDF document conversion to JSON and Markdown in an easy self contained package"

INVOICE = """# INVOICE
Company: TechCorp Industries
Invoice Number: INV-2024-001
Date: January 15, 2024
BILL TO:
Acme Corporation
123 Main Street
New York, NY 10001
DESCRIPTION:
Software Development Services
Professional Consulting
Technical Support
TOTAL AMOUNT DUE: $5,000.00"""

LETTER = """THE SLEREXE COMPANY LIMITED
SAPORS LANE - BOOLE - DORSET - BH 25 8 ER
TELEPHONE BOOLE (945 13) 51617 - TELEX 123456
Our Ref. 350/PJC/EAC 18th January, 1972.
Dr. P.N. Cundall,
Mining Surveys Ltd.,
Holroyd Road,
Reading,
Berks.
Dear Pete,
Permit me to introduce you to the facility of facsimile transmission.
In facsimile a photocell is caused to perform a raster scan over the subject copy. The variations of print
density on the document cause the photocell to generate an analogous electrical video signal. This signal is
used to modulate a carrier, which is transmitted to a remote destination over a radio or cable communications
link.
At the remote terminal, demodulation reconstructs the video signal, which is used to modulate the density of
print produced by a printing device. This device is scanning in a raster scan synchronised with that at the
transmitting terminal. As a result, a facsimile copy of the subject document is produced.
Probably you have uses for this facility in your organisation.
Yours sincerely,
Phil.
P.J. CROSS
Group Leader - Facsimile Research
Registered in England: No. 2038
No. 1 Registered Office: 60 Vicara Lane, Ilford. Essex."""

TRANSCRIPTS = {
    "docling/ocr/ocr_test_rotated_90.pdf": BUNDLES,
    "docling/ocr/ocr_test_rotated_180.pdf": BUNDLES,
    "docling/ocr/ocr_test_rotated_270.pdf": BUNDLES,
    "markitdown-ocr/pdf_scanned_invoice.pdf": INVOICE,
    "docling/ocr/sample_with_rotation_mismatch.pdf": LETTER,
}
"""By path in `../shared/data/zoo`."""
