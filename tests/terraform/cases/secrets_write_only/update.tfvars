round = 2
