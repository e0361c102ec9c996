"""DynamoDB Local and SeaweedFS in the place of the emulator's tables and buckets."""
