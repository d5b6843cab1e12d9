"""What a data set looks like, counted on the data, without a model."""
