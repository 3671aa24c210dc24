"""A user is known by one lower-case address."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User


def test_the_address_is_kept_lower_case(db):
    assert User.objects.create_user(email="  Mei@Example.COM ").email == "mei@example.com"


def test_the_database_refuses_a_second_spelling(mei):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(email="MEI@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Mei@example.com")])


def test_without_an_address_there_is_no_user(db):
    with pytest.raises(ValueError, match="邮箱"):
        User.objects.create_user(email=" ")


def test_without_a_password_none_works(db):
    user = User.objects.create_user(email="wang@example.com")
    assert not user.has_usable_password()
    assert not user.check_password("")


def test_a_superuser_may_open_the_admin(admin_user):
    assert admin_user.is_staff
    assert admin_user.is_superuser


def test_a_natural_key_is_found_in_any_spelling(mei):
    assert User.objects.get_by_natural_key("MEI@example.com") == mei


def test_who_has_no_name_is_called_by_the_address(db):
    user = User(email="wang@example.com")
    assert (str(user), user.get_full_name(), user.get_short_name()) == ("wang@example.com", "wang@example.com", "wang")
