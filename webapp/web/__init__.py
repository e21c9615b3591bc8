"""What knows HTTP and no feature: hypermedia answers, access markers, security headers, assets, templates, limits, words."""
