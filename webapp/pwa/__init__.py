"""What makes the site an app on the phone: manifest, icons, one small service worker, and a page without a network.

The worker keeps what pages are made of and never a page of a person.
"""
