"""What knows HTTP and no feature: answers, access markers, security headers, assets, templates, limits, words."""
