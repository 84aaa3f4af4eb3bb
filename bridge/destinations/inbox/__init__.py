"""Inbox (inboxapp.com) as a destination: people on X are added to a campaign of direct messages."""
