"""The same mapping in the words of CluedIn's annotation (its GraphQL), as its backend stores it.

``nameKey``, ``originEntityCodeKey``, ``descriptionKey``, ``createdDateMap``, ``modifiedDateMap`` and
``annotationProperties[].key`` hold field names, ``vocabKey`` holds the vocabulary key. Where the origin is a compound
key, ``originEntityCodeKey`` is null and each of its fields is used as an entity code together with the others only
after a person says so: the mapping's ``origin`` tells which they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.mapping.models import (
    Annotation,
    AnnotationEdge,
    AnnotationProperty,
    Code,
    EntityName,
    EntityTypeConfiguration,
    FieldRef,
    Origin,
    Property,
    Relationship,
)
from shared.mapping.words import words


def annotate(
    *,
    name: str,
    entity_type: str,
    new_vocabulary: bool,
    origin: Origin,
    codes: Sequence[Code],
    entity_name: EntityName | None,
    created: FieldRef | None,
    modified: FieldRef | None,
    relationships: Sequence[Relationship],
    properties: Sequence[Property],
) -> Annotation:
    single = origin.fields[0] if origin.kind == "SingleKey" else None
    identifying = {code.field for code in codes} | ({single} if single else set())
    return Annotation(
        name=name,
        entity_type=entity_type,
        is_dynamic_vocab=new_vocabulary,
        name_key=entity_name.fields[0] if entity_name else None,
        description_key=_description(properties),
        origin_entity_code_key=single,
        origin=name,
        created_date_map=created.field if created else None,
        modified_date_map=modified.field if modified else None,
        annotation_properties=[_property(p, identifying, name, relationships) for p in properties],
    )


def _property(
    prop: Property, identifying: set[str], origin: str, relationships: Sequence[Relationship]
) -> AnnotationProperty:
    is_code = prop.field in identifying
    return AnnotationProperty(
        key=prop.field,
        vocab_key=prop.vocabulary_key,
        use_as_entity_code=is_code,
        entity_code_origin=origin if is_code else None,
        type=prop.data_type,
        annotation_edges=[_edge(found, origin) for found in relationships if found.field == prop.field],
    )


def _edge(found: Relationship, origin: str) -> AnnotationEdge:
    return AnnotationEdge(
        key=found.field,
        edge_type=found.edge_type,
        entity_type_configuration=EntityTypeConfiguration(entity_type=found.business_domain),
        origin=origin,
    )


def _description(properties: Sequence[Property]) -> str | None:
    for wanted in ({"description"}, {"notes"}):
        for prop in properties:
            if prop.vocabulary_key and wanted <= set(words(prop.vocabulary_key.rsplit(".", 1)[-1])):
                return prop.field
    return None
