"""The organizer's desk: one page per circle and event, composed of features below. Owns no tables and no rules."""
