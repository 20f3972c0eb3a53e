"""What superusers set at run time: their model, loading and saving."""
