"""neomodel, which maps classes to labels: `tool_neomodel.py KENNING`."""

import datetime
import sys
from pathlib import Path

from neomodel import DateProperty, IntegerProperty, RelationshipTo, StringProperty, StructuredNode, StructuredRel
from neomodel import UniqueIdProperty, db, get_config
from neomodel.exceptions import ConstraintValidationFailed

sys.path.insert(0, str(Path(__file__).parent))
from run import Server, check  # noqa: E402


class Knows(StructuredRel):
    since = IntegerProperty()


class Person(StructuredNode):
    uid = UniqueIdProperty()
    name = StringProperty(unique_index=True, required=True)
    age = IntegerProperty(index=True, default=0)
    born = DateProperty()
    friends = RelationshipTo("Person", "KNOWS", model=Knows)


def names(query):
    return [person.name for person in query.order_by("name")]


def classes():
    db.install_all_labels()
    schema = [row[0] for row in db.cypher_query("SHOW CONSTRAINTS YIELD name RETURN name")[0]]
    check("constraints of the classes", len(schema) == 2, schema)
    ann = Person(name="Ann", age=30, born=datetime.date(1990, 1, 2)).save()
    bob = Person(name="Bob").save()
    ann.friends.connect(bob, {"since": 2001})
    check("a filter", names(Person.nodes.filter(age__gt=20)) == ["Ann"])
    check("a date", Person.nodes.get(name="Ann").born == datetime.date(1990, 1, 2))
    check("a relationship", [friend.name for friend in ann.friends.all()] == ["Bob"])
    check("its property", ann.friends.relationship(bob).since == 2001)
    ann.age = 31
    ann.save()
    ann.refresh()
    check("a change", ann.age == 31)
    cid = Person.get_or_create({"name": "Cid"})[0]
    again = Person.get_or_create({"name": "Cid", "uid": cid.uid})[0]
    check("get or create", again.element_id == cid.element_id and len(Person.nodes) == 3)
    found = db.cypher_query("MATCH (n:Person {name: 'Ann'}) RETURN n", resolve_objects=True)[0]
    check("objects of a statement", found[0][0].uid == ann.uid, found)


def constraints_and_transactions():
    try:
        Person(name="Ann").save()
        sys.exit("FAILED: two of the same name")
    except ConstraintValidationFailed as error:
        check("names are unique", "Ann" in str(error), error)
    with db.transaction:
        Person(name="Dan").save()
    try:
        with db.transaction:
            Person(name="Eve").save()
            raise KeyError
    except KeyError:
        pass
    check("transactions", names(Person.nodes) == ["Ann", "Bob", "Cid", "Dan"], names(Person.nodes))
    Person.nodes.get(name="Bob").delete()
    check("a deleted node", Person.nodes.get_or_none(name="Bob") is None and len(Person.nodes) == 3)


with Server(sys.argv[1]) as server:
    get_config().database_url = f"bolt://nobody:none@{server.address}"
    classes()
    constraints_and_transactions()
    db.close_connection()
