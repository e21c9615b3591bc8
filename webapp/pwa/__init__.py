"""What makes the site an app on the phone: manifest, icons, one small service worker, and an offline page that says what is kept."""
