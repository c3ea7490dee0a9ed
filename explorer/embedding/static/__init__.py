"""Static models: a vector for each token, which are added up; made on the spot from another model."""
