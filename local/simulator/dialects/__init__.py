"""The four wire formats, by provider name."""

from .aigptimage import Aigptimage
from .apixo import Apixo
from .liangxin import Liangxin
from .maxapi import Maxapi

DIALECTS = {dialect.name: dialect for dialect in (Maxapi(), Aigptimage(), Liangxin(), Apixo())}
