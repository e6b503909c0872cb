"""Word lists of the search: synonyms (everyday phrases for legal terms), steps, topics outside, filler words, place names.

The first three are in the text files `synonyms.txt`, `steps.txt` and `outside.txt` beside this module.
"""

from pathlib import Path

SYNONYMS = (Path(__file__).parent / "synonyms.txt").read_text("utf-8")
STEPS = (Path(__file__).parent / "steps.txt").read_text("utf-8")
OUTSIDE = (Path(__file__).parent / "outside.txt").read_text("utf-8")

# Filler words: they say how somebody asks, not for what. They have a low weight.
FILLERS = """
làm xin muốn cần cho ở tại của là thì và với để được bị có không hay gì nào đâu sao thế như bao nhiêu lâu tiền mấy ai khi nếu
tôi em mình anh chị con bé ông bà cháu người các những một này kia đó nhé ạ ơi hỏi giúp cách thủ tục hồ sơ giấy tờ online mạng
qua trên nhanh gấp mới nhất năm gần xã phường huyện quận tỉnh thành phố thị trấn bên từ về đi thêm bằng
the a an how to for in vietnam việt nam
"""

# Names of places, removed from queries, because most procedures are offered in many places.
PLACES = """
an giang, bà rịa vũng tàu, bạc liêu, bắc giang, bắc kạn, bắc ninh, bến tre, bình dương, bình định, bình phước, bình thuận, cà mau,
cao bằng, cần thơ, đà nẵng, đắk lắk, đắk nông, điện biên, điện biên phủ, đồng nai, đồng tháp, gia lai, hà giang, hà nam, hà nội,
hà tĩnh, hải dương, hải phòng, hậu giang, hòa bình, hồ chí minh, tp hcm, tphcm, hcm, sài gòn, hưng yên, khánh hòa, kiên giang,
kon tum, lai châu, lâm đồng, lạng sơn, lào cai, long an, nam định, nghệ an, ninh bình, ninh thuận, phú thọ, phú yên, quảng bình,
quảng nam, quảng ngãi, quảng ninh, quảng trị, sóc trăng, sơn la, tây ninh, thái bình, thái nguyên, thanh hóa, thừa thiên huế, huế,
tiền giang, trà vinh, tuyên quang, vĩnh long, vĩnh phúc, yên bái, đà lạt, đông hà, vũng tàu, nha trang, buôn ma thuột
"""
