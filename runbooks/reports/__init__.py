"""What a verification leaves for others: a document, a test report, metrics, a page. All are made of one record."""
