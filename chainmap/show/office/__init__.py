"""Office files: the table as a workbook, the report as a document."""
