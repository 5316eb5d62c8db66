"""The official Python SDK against a server: what it is told is decoded into its models, and it warns of nothing.

Called with the endpoint, the project and an API key; prints one JSON object of what was read."""

import json
import sys

from appwrite.client import Client
from appwrite.exception import AppwriteException
from appwrite.id import ID
from appwrite.query import Query
from appwrite.services.account import Account
from appwrite.services.users import Users

endpoint, project, key = sys.argv[1:]


def client():
    return Client().set_endpoint(endpoint).set_project(project)


users = Users(client().set_key(key))
read = {}


def noted(name, user):
    read[name] = {
        'model': type(user).__name__,
        'options': type(user.hashoptions).__name__,
        'numbers': user.hashoptions.model_dump(by_alias=True),
        'email': user.email,
        'targets': [target.identifier for target in user.targets],
    }
    return user


email = 'python@example.test'
password = 'correct horse 42'
made = noted('argon2', users.create(user_id=ID.unique(), email=email, password=password, name='Py'))
noted('bcrypt', users.create_bcrypt_user(user_id=ID.unique(), email='bcrypt@example.test', password='$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'))
noted('scrypt', users.create_scrypt_user(
    user_id=ID.unique(), email='scrypt@example.test', password='ab' * 64, password_salt='salt', password_cpu=1024,
    password_memory=8, password_parallel=1, password_length=64))
noted('scryptMod', users.create_scrypt_modified_user(
    user_id=ID.unique(), email='modified@example.test', password='YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=', password_salt='YXNhbHQ=',
    password_salt_separator='Bw==', password_signer_key='YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE='))

listed = users.list(queries=[Query.equal('email', [email]), Query.created_after('2020-01-01')])
read['list'] = [listed.total, [user.id == made.id for user in listed.users]]
users.update_prefs(user_id=made.id, prefs={'theme': 'dark'})
read['prefs'] = users.get_prefs(user_id=made.id).model_dump()

token = users.create_token(user_id=made.id)
session = Account(client()).create_session(user_id=made.id, secret=token.secret)
read['session'] = [type(session).__name__, session.userid == made.id, session.provider]
made_session = users.create_session(user_id=made.id)
me = Account(client().set_session(made_session.secret)).get()
read['me'] = [me.id == made.id, me.prefs.model_dump()]
read['sessions'] = users.list_sessions(user_id=made.id).total
users.delete_sessions(user_id=made.id)
users.delete(user_id=made.id)
try:
    users.get(user_id=made.id)
except AppwriteException as gone:
    read['gone'] = [gone.code, gone.type]
print(json.dumps(read))
