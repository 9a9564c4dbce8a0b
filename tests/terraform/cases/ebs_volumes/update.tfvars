size = 2
type = "gp2"
iops = 2000
