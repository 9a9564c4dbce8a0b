description = "of all orders"
password    = "second"
region      = "eu-north-1"
color       = "GREEN"
