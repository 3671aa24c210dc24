"""The desk's forms: fields drawn from the shapes the operations themselves read, so that neither can drift from the other."""
