"""A *circle* is a group that meets: chamber, club, meetup, school parents.

Its *organizers* hold events; people belong to many circles.
"""
