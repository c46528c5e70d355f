"""Handles: a NamedTuple of arrays (or of handles) that inner kernels receive as one pointer.

Numba passes a NamedTuple field by field, seven words an array, at every call: with the fifty arrays of a
study, compiling took minutes and a call cost more than its body. `as_handle` puts the tuple on the calling
kernel's stack once and hands its address on; reading `handle.name` loads that array without counting a
reference, since the caller of the outer kernel holds them all. A handle must not outlive the kernel that
made it. Without the compiler `as_handle` returns the tuple itself, which reads the same.
"""

from __future__ import annotations

import hashlib
from typing import Any

from numba import types
from numba.core import cgutils, config
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, models, register_model


class Handle(types.Type):
    """The address of a NamedTuple of arrays."""

    def __init__(self, bundle: types.NamedTuple | types.NamedUniTuple) -> None:
        self.dtype = bundle  # what the pointer model points to
        # A bundle's own name lists every field of every record: too long to carry through each mangled name.
        digest = hashlib.blake2b(bundle.name.encode(), digest_size=8).hexdigest()
        super().__init__(name=f"Handle({bundle.instance_class.__name__}, {digest})")


register_model(Handle)(models.PointerModel)


@infer_getattr
class _HandleFields(AttributeTemplate):
    key = Handle

    def generic_resolve(self, typ: Handle, attr: str) -> types.Type | None:
        return typ.dtype[typ.dtype.fields.index(attr)] if attr in typ.dtype.fields else None


@lower_getattr_generic(Handle)
def _load_field(context: Any, builder: Any, typ: Handle, value: Any, attr: str) -> Any:
    field = typ.dtype.fields.index(attr)
    loaded = builder.load(cgutils.gep_inbounds(builder, value, 0, field))
    if isinstance(typ.dtype[field], Handle):
        return loaded
    # Said again where it is read: a null that the optimiser sees lets it drop the counting of references.
    return _disowned(context, builder, typ.dtype[field], loaded)


def _disowned(context: Any, builder: Any, array_type: types.Type, value: Any) -> Any:
    """An array that counts no references."""
    array = cgutils.create_struct_proxy(array_type)(context, builder, value=value)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


@intrinsic
def _as_handle(_typing_context: Any, bundle: types.Type) -> Any:
    if not isinstance(bundle, types.NamedTuple | types.NamedUniTuple):
        return None

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        (value,) = args
        for field, field_type in enumerate(signature.args[0].types):
            if isinstance(field_type, Handle):
                continue
            array = _disowned(context, builder, field_type, builder.extract_value(value, field))
            value = builder.insert_value(value, array, field)
        return cgutils.alloca_once_value(builder, value)

    return Handle(bundle)(bundle), codegen


def _itself(bundle: Any) -> Any:
    """Interpreted code needs no handle."""
    return bundle


as_handle: Any = _itself if config.DISABLE_JIT else _as_handle  # type: ignore[reportAttributeAccessIssue]
