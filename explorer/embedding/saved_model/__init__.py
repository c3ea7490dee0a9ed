"""TensorFlow's SavedModel folders, such as Google's Universal Sentence Encoder: opened apart, and only once a
person confirmed that such a folder is a program."""
