"""What follows an evening. So far: one quiet mail the next morning, in one's own words, and a way to stop it."""
