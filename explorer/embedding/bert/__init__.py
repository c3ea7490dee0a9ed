"""Models of the BERT family, by torch, OpenVINO or NumPy, in the precision that suits the machine."""
