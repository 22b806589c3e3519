"""The real parts of core and venue for a drill: one issue, and the house's limits as the drill sets them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from hts.app import tables
from hts.app.simulation_parts import SimulationParts
from hts.engine.config import AccountConfig, EngineConfig
from hts.engine.engine import Engine
from hts.gateway.contract import MarketDataGateway
from hts.lab.drills_house import DrillSetting
from hts.lab.setting import ACCOUNT
from hts.model.units import Notional
from hts.rules.market_rules import MarketRules


class DrillParts(SimulationParts):
    """SimulationParts with another issue and other limits."""

    def __init__(self, setting: DrillSetting) -> None:
        super().__init__(symbols=1)
        self._setting = setting
        market = dict(_market())
        (issue, *_) = market["universe"]["issue"]
        own: dict[str, Any] = {
            "code": setting.symbol,
            "name_ko": "훈련종목",
            "name_en": "Drill issue",
            "name_ja": "訓練銘柄",
            "base_px": setting.base_px,
            "shares": setting.shares,
        }
        market["universe"] = {**market["universe"], "issue": [{**issue, **own}]}
        self.rules = MarketRules.parse(market)

    def engine(self, market_data: Mapping[str, MarketDataGateway]) -> Engine:
        """A fresh engine with the drill's limits."""
        setting = self._setting
        config = EngineConfig(
            accounts=(AccountConfig(account=ACCOUNT, cash=Notional(setting.cash)),),
            limits=setting.limits,
            scopes=setting.scopes,
            eligibility=self.eligibility,
            waiting_max=setting.waiting_max,
            build="lab",
            id_block_size=2_000,
            venues=tuple(market_data),
        )
        decode = {name: gateway.decode for name, gateway in market_data.items()}
        return Engine(config, decode, self.fee, self.account_rules)


@cache
def _market() -> dict[str, Any]:
    return tables.load_folder(tables.MARKET)
