"""What stands in Busan and sails past it: the city's own list of its devices, ships and trucks."""

from __future__ import annotations

from console.city.device import Place
from console.city.physics.trucks import Lorry
from console.city.physics.vessels import Ship


def _at(kind: str, id: str, lat: float, lon: float, **traits: float | str) -> Place:
    return Place(id, kind, lat, lon, traits)


PLACES: tuple[Place, ...] = (
    # Catchment in m³/s of inflow for each mm/h of rain: three pumps together lift about 17 m³/s.
    _at("PumpingStation", "eco-pump", 35.1275, 128.922, catchment=0.15, basin_m2=1500.0),
    _at("PumpingStation", "noksan-pump", 35.088, 128.849, catchment=0.17),
    # Pump 3 stands in local mode for a repair: orders are refused.
    _at("PumpingStation", "choryang-pump", 35.1175, 129.047, catchment=0.17, local_pump=3.0),
    _at("PumpingStation", "seokdae-pump", 35.2115, 129.127, catchment=0.165),
    _at("PumpingStation", "suyeong-pump", 35.1725, 129.1195, catchment=0.22),
    _at("PumpingStation", "gamjeon-pump", 35.152, 128.969, catchment=0.21, basin_m2=1200.0),
    _at("PumpingStation", "eomgung-pump", 35.127, 128.964, catchment=0.17),
    _at("StreetlightControlCabinet", "eco-light-1", 35.131, 128.908, lamps=210.0, leaky=0.42),
    # Long overdue for maintenance: a low alarm stands here even on a quiet day.
    _at("StreetlightControlCabinet", "eco-light-2", 35.1385, 128.92, lamps=150.0, failed=6.0),
    # The modem of this cabinet hears orders and never answers.
    _at("StreetlightControlCabinet", "sinho-light", 35.0915, 128.882, lamps=170.0, modem="silent"),
    _at("StreetlightControlCabinet", "northport-light", 35.111, 129.0455, lamps=260.0, failed=2.0),
    _at("StreetlightControlCabinet", "centum2-light", 35.213, 129.132, lamps=190.0, failed=0.0),
    _at("StreetlightControlCabinet", "gwangalli-light", 35.1545, 129.118, lamps=320.0, leaky=0.37),
    _at("StreetlightControlCabinet", "gijang-light", 35.319, 129.241, lamps=120.0, failed=3.0),
    _at("AirQualityObserved", "eco-air", 35.136, 128.912, road=0.7),
    _at("AirQualityObserved", "noksan-air", 35.092, 128.858, road=1.3),
    _at("AirQualityObserved", "choryang-air", 35.1165, 129.0405, road=1.4),
    _at("AirQualityObserved", "banyeo-air", 35.207, 129.134, road=1.0),
    _at("AirQualityObserved", "gijang-air", 35.244, 129.222, road=0.6),
    _at("TrafficFlowObserved", "eco-traffic", 35.1335, 128.9155, capacity=2400.0),
    _at("TrafficFlowObserved", "noksan-traffic", 35.094, 128.864, capacity=2800.0, heavy=0.31),
    _at("TrafficFlowObserved", "chungjang-traffic", 35.1192, 129.044, capacity=3600.0, heavy=0.22),
    _at("TrafficFlowObserved", "banyeo-traffic", 35.204, 129.128, capacity=2600.0),
    _at("TrafficFlowObserved", "ilgwang-traffic", 35.265, 129.233, capacity=2200.0),
    _at("TrafficFlowObserved", "gwangan-traffic", 35.165, 129.1265, capacity=3900.0, heavy=0.05),
    _at(
        "CrowdFlowObserved", "station-crowd", 35.1152, 129.0415, usual=2600.0, event=18_000.0, area_m2=9000.0
    ),
    _at(
        "CrowdFlowObserved", "gwangalli-crowd", 35.1535, 129.119, usual=2200.0, event=36_000.0, area_m2=9200.0
    ),
    _at(
        "CrowdFlowObserved",
        "haeundae-crowd",
        35.159,
        129.1602,
        usual=3000.0,
        event=34_000.0,
        area_m2=12_500.0,
    ),
    _at("CrowdFlowObserved", "bexco-crowd", 35.169, 129.136, usual=1800.0, event=20_000.0, area_m2=9000.0),
    _at("RoadTunnel", "sujeong-tunnel", 35.1425, 129.0365, capacity=3300.0),
    _at("RoadTunnel", "hwangnyeong-tunnel", 35.1505, 129.0775, capacity=3600.0),
    # An old starter: a fan stage takes eight seconds.
    _at("RoadTunnel", "baegyang-tunnel", 35.1745, 129.0095, capacity=3400.0, starter_s=8.0),
    _at("DataCentre", "eco-dc", 35.14, 128.905, it_kw=1500.0),
    _at("DataCentre", "mieum-dc", 35.15, 128.856, it_kw=3200.0),
    _at("Hospital", "dirams-hospital", 35.321, 129.243, kw=1800.0),
    _at("Hospital", "ion-hospital", 35.324, 129.247, kw=1300.0),
    _at("PortTerminal", "pnit-port", 35.0795, 128.828, yard=0.69, reefers=420.0),
    _at("PortTerminal", "hjnc-port", 35.068, 128.822, yard=0.63, reefers=380.0),
    _at("PortTerminal", "sinseondae-port", 35.103, 129.104, yard=0.66, reefers=310.0),
    # Customs holds this gate: lane orders are refused.
    _at("PortTerminal", "gamman-port", 35.106, 129.082, yard=0.58, reefers=190.0, gate="customs"),
    _at("FactoryPlant", "noksan-ship", 35.0865, 128.857, contract_kw=1250.0),
    _at("ShipEquipmentLine", "noksan-ship-1", 35.0869, 128.8562, plant="noksan-ship"),
    _at("ShipEquipmentLine", "noksan-ship-2", 35.0861, 128.8578, plant="noksan-ship", after="noksan-ship-1"),
    _at("FactoryPlant", "hwajeon-auto", 35.108, 128.872, contract_kw=1180.0),
    _at("AutoPartsLine", "hwajeon-auto-1", 35.1084, 128.8712, plant="hwajeon-auto"),
    _at("AutoPartsLine", "hwajeon-auto-2", 35.1076, 128.8728, plant="hwajeon-auto", after="hwajeon-auto-1"),
    _at("FactoryPlant", "sasang-mach", 35.15, 128.98, contract_kw=1050.0),
    _at("MachiningLine", "sasang-mach-1", 35.1504, 128.9792, plant="sasang-mach"),
    _at("MachiningLine", "sasang-mach-2", 35.1496, 128.9808, plant="sasang-mach", after="sasang-mach-1"),
)

SHIPS: tuple[Ship, ...] = (
    Ship("440123000", "BUSAN PIONEER", "D7AB", 70, 334.0, "KR PUS", "east-sinseondae", 0.93, knots=14.0,
         terminal="sinseondae-port", berth=3),
    Ship("441205000", "NAKDONG GLORY", "D8KL", 70, 299.0, "KR PUS", "south-gamman", 0.968, knots=13.0,
         terminal="gamman-port", berth=3),
    Ship("440331000", "GADEOK EXPRESS", "DSRT4", 70, 366.0, "KR BNP", "west-pnit", 0.86, knots=12.0,
         terminal="pnit-port", berth=3),
    Ship("441442000", "EULSUK BRIDGE", "D9QW", 70, 350.0, "KR BNP", "west-hjnc", 0.62, knots=12.5,
         terminal="hjnc-port", berth=3),
    Ship("352986000", "PACIFIC MERIDIAN", "3FZK7", 70, 399.0, "CN SHA", "west-pnit", 0.45, True, 12.0,
         terminal="pnit-port", berth=4),
    Ship("636019871", "ORIENT CASCADE", "5LBX9", 70, 225.0, "JP UKB", "east-sinseondae", 0.72, True, 13.0,
         terminal="sinseondae-port", berth=4),
    Ship("440056310", "ORYUKDO FEEDER", "DSPK2", 70, 140.0, "KR BNP", "between-ports", 0.30, knots=11.0),
    Ship("440178220", "TAEJONG FEEDER", "DSMV8", 70, 128.0, "KR PUS", "between-ports", 0.74, True, 11.0),
    Ship("440700120", "CAMELLIA SEA", "D7CS", 60, 199.0, "JP HKT", "ferry", 0.78, True, 17.0),
    Ship("440701550", "TSUSHIMA LINK", "D7TL", 60, 47.0, "KR PUS", "ferry", 0.40, knots=24.0),
    Ship("441900340", "HAEUNDAE TOUR 3", "", 60, 32.0, "BAY TOUR", "bay-tour", 0.25, knots=7.0),
    Ship("441900520", "GWANGAN YACHT 12", "", 37, 14.0, "", "bay-tour", 0.70, True, 6.0),
    Ship("440412870", "GAMCHEON REEFER", "DSQF5", 70, 112.0, "KR KCN", "gamcheon", 0.50, knots=9.0),
    Ship("440805090", "DAEHAN NO 7", "", 30, 28.0, "FISHING", "fishing", 0.10, knots=5.0),
    Ship("440805410", "MIRYEOK NO 21", "", 30, 24.0, "FISHING", "fishing", 0.60, knots=4.0),
    Ship("440990010", "BUSAN PILOT 1", "", 50, 18.0, "PILOT STN", "pilot", 0.30, knots=10.0),
    Ship("538007744", "CORAL HORIZON", "V7RM3", 80, 183.0, "KR ULS", "passing", 0.35, True, 12.5),
    Ship("477318600", "JADE HARMONY", "VRQP8", 70, 190.0, "CN TAO", "passing", 0.60, knots=13.0),
    Ship("440210770", "SOUTH SEA STAR", "DSNC6", 80, 128.0, "ANCHORAGE", "", at=(35.0380, 129.0720)),
    Ship("431602000", "KANMON MARU", "7JKM", 70, 96.0, "ANCHORAGE", "", at=(35.0300, 129.0900)),
    Ship("371455000", "GOLDEN CAPE", "3EGC5", 70, 229.0, "ANCHORAGE", "", at=(35.0230, 129.0640)),
    Ship("440217330", "YEONGDO SPIRIT", "DSLD9", 80, 99.0, "ANCHORAGE", "", at=(35.0450, 129.0560)),
    Ship("441033900", "HYOWON TANKER", "D8HT", 80, 105.0, "ANCHORAGE", "", at=(35.0410, 129.1560)),
    Ship("440650080", "NORTH PORT TUG 5", "", 52, 33.0, "KR PUS", "", at=(35.0990, 129.0740), moored=True),
    Ship("440650140", "NEW PORT TUG 2", "", 52, 36.0, "KR BNP", "", at=(35.0738, 128.8270), moored=True),
    Ship("440311990", "MYEONGJI HOPE", "DSRK7", 70, 294.0, "KR BNP", "", at=(35.0722, 128.8170), moored=True,
         terminal="hjnc-port", berth=4),
)  # fmt: skip

_HARBOUR = ("신선대부두", "부산신항")
_DONGSEO = ("자성대부두", "부산신항")
LORRIES: tuple[Lorry, ...] = (
    Lorry(1, "부산98사 1207", "harbour-bridge", 0.05, False, _HARBOUR),
    Lorry(2, "부산98사 3311", "harbour-bridge", 0.35, True, _HARBOUR),
    Lorry(3, "부산99아 2048", "harbour-bridge", 0.62, False, _HARBOUR),
    Lorry(4, "경남93사 7715", "harbour-bridge", 0.88, True, _HARBOUR),
    Lorry(5, "부산98아 5520", "dongseo", 0.08, False, _DONGSEO),
    Lorry(6, "부산99사 1193", "dongseo", 0.30, False, _DONGSEO),
    Lorry(7, "부산98자 8406", "dongseo", 0.52, True, _DONGSEO),
    Lorry(8, "경남94아 2260", "dongseo", 0.71, True, _DONGSEO),
    Lorry(9, "부산99자 6631", "pnit-shuttle", 0.20, False, ("미음물류", "부산신항")),
    Lorry(10, "부산98바 4178", "pnit-shuttle", 0.66, True, ("미음물류", "부산신항")),
    Lorry(11, "경남92사 9034", "gadeok", 0.40, False, ("녹산산단", "가덕")),
    Lorry(12, "부산99바 3852", "gadeok", 0.85, True, ("녹산산단", "가덕")),
)
