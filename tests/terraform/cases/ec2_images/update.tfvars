description = "after"
deprecated  = "2034-01-02T03:04:00Z"
