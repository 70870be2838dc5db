"""JSON in answers, and what it must conform to: JSON schemas, OpenAPI components, pydantic's types."""
