"""What costs credits at the source: its `campaigns`, validations of addresses (`validate`), the balance (`credits`)."""
