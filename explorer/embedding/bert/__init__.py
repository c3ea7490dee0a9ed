"""Models of the BERT family, computed by torch, OpenVINO or NumPy, in the precision that suits the machine."""
