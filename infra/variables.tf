variable "project" {
  description = "Begins the name of everything"
  type        = string
  default     = "example"
}

variable "log_days" {
  description = "How long access logs are kept, in days"
  type        = number
  default     = 90
}
