updated = true
