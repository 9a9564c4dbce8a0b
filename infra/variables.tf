variable "project" {
  description = "Begins the name of everything"
  type        = string
  default     = "example"
}

variable "domain" {
  description = "The website is at www. of it"
  type        = string
  default     = "example.com"
}

variable "password_version" {
  description = "Another number makes another password of the database"
  type        = number
  default     = 1
}

variable "log_days" {
  description = "How long access logs are kept, in days"
  type        = number
  default     = 90
}
