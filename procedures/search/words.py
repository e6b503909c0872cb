"""What people say and what the law calls it. Our own list, by general knowledge of how Vietnamese people search.

Each line: everyday phrases, «>», the words the catalogue uses. Phrases are matched whole, with or without accents.
"""

SYNONYMS = """
bằng lái, bằng lái xe, bằng xe máy, bằng ô tô, gplx, blx, giấy phép lái > giấy phép lái xe
cccd, cmnd, cmt, chứng minh thư, chứng minh nhân dân, thẻ căn cước công dân, căn cước công dân, thẻ chứng minh > căn cước
gks, giấy khai sanh, khai sanh > giấy khai sinh
giấy kết hôn, giấy đăng ký kết hôn, hôn thú, giấy giá thú, đkkh, cưới, làm đám cưới, cưới vợ, lấy vợ, lấy chồng, cưới chồng, thành hôn > đăng ký kết hôn
độc thân, tình trạng độc thân, chưa vợ, chưa chồng, chưa kết hôn, xntthn, tthn, chứng nhận độc thân > xác nhận tình trạng hôn nhân
đktt, hộ khẩu, nhập khẩu vào nhà, nhập hộ, chuyển khẩu, hktt, hộ khẩu thường trú, chuyển về ở hẳn > đăng ký thường trú
tách hộ khẩu, tách sổ, tách khẩu > tách hộ
giấy cư trú, giấy xác nhận hộ khẩu, giấy tờ cư trú, thay sổ hộ khẩu > xác nhận thông tin về cư trú
ở trọ, thuê nhà, thuê trọ, ở thuê, phòng trọ, nhà trọ, kt3, kt4, sổ tạm trú, tạm chú > đăng ký tạm trú
tạm trú cho người nước ngoài, đăng ký tạm trú cho người nước ngoài, đăng ký tạm trú người nước ngoài > khai báo tạm trú cho người nước ngoài bằng phiếu
đi vắng, vắng nhà lâu > khai báo tạm vắng
khách ngủ qua đêm, khách ở lại, ngủ lại, khách đến nhà > thông báo lưu trú
lltp, lý lịch tư pháp, tiền án, tiền sự, án tích, không có tiền án, xác nhận không tiền án > phiếu lý lịch tư pháp
bhxh > bảo hiểm xã hội
bhyt > bảo hiểm y tế
bhtn, bảo hiểm thất nghiệp, tctn, mất việc, nghỉ việc, bị thôi việc > trợ cấp thất nghiệp
hkd, hộ cá thể, kinh doanh cá thể, kinh doanh nhỏ, cá nhân kinh doanh, mở quán, mở tiệm, mở cửa hàng, mở shop, bán hàng, quán cà phê, quán nước, quán trà sữa, quán nhậu, quán bia, tạp hóa, tiệm tóc, tiệm may, sạp chợ, bán hàng online > hộ kinh doanh
đkkd, giấy phép kinh doanh, gpkd > đăng ký kinh doanh
mst, mã số thuế > mã số thuế cá nhân đăng ký thuế
gpxd, xin phép xây, xin phép xây dựng, phép xây dựng, xây nhà, giấy phép xây dựng nhà ở nông thôn, giấy phép xây nhà, cất nhà, làm nhà, sửa nhà > giấy phép xây dựng
sổ đỏ, sổ hồng, gcnqsdđ, gcnqsd đất, bìa đỏ, giấy đất, giấy tờ đất, bìa đất > giấy chứng nhận quyền sử dụng đất
sang tên sổ đỏ, sang tên sổ hồng, sang tên đất, sang tên nhà, mua bán đất, mua đất, bán đất, cho đất, tặng đất, chuyển nhượng đất > đăng ký biến động chuyển nhượng tặng cho quyền sử dụng đất
attp, vsattp, vệ sinh an toàn thực phẩm, an toàn vệ sinh thực phẩm, vệ sinh thực phẩm > an toàn thực phẩm
nvqs, đi lính, đi bộ đội, khám nghĩa vụ, nhập ngũ, gọi nhập ngũ > nghĩa vụ quân sự
cà vẹt, cavet, cà vẹt xe, cavet xe, giấy xe, giấy tờ xe, đăng ký xe máy, đăng ký ô tô, giấy đăng ký xe > đăng ký xe
biển số, bảng số xe, biển xe, bảng số > biển số xe
sang tên xe, mua xe cũ, bán xe, cho xe, chuyển nhượng xe > sang tên xe
passport, pát pô, hộ chiếu > hộ chiếu phổ thông
visa > thị thực
mô tô, xe mô tô, xe gắn máy, xe honda > xe máy
xe hơi, xế hộp, xe con > ô tô
work permit, gplđ > giấy phép lao động
công chứng, sao y, công chứng giấy tờ, photo công chứng, sao y công chứng, chứng thực giấy tờ > chứng thực bản sao từ bản chính
sơ yếu lý lịch, syll > chứng thực chữ ký
giấy chứng tử, chứng tử, giấy báo tử, báo tử, qua đời, chết, mất người thân, người thân mất, người nhà mất, bố mất, ba mất, mẹ mất, má mất, ông mất, bà mất, khai tử > đăng ký khai tử
sinh con, mới sinh, đẻ con, sinh em bé, con mới đẻ > đăng ký khai sinh
thai sản, nghỉ đẻ, nghỉ sinh, tiền sinh con, nghỉ thai sản > chế độ thai sản
tiền tuất, tử tuất, trợ cấp tuất > chế độ tử tuất
đám tang, đám ma, tiền ma chay, mai táng phí, chôn cất, tang lễ > chi phí mai táng
người già, người cao tuổi, cụ già, trên 80 tuổi, 80 tuổi, trợ cấp tuổi già > trợ cấp xã hội
tàn tật, người tàn tật, thương tật > khuyết tật
trẻ mồ côi > trẻ em mồ côi
nghèo, cận nghèo, sổ nghèo, gia đình nghèo, gia đình khó khăn > hộ nghèo
nhận con, nhận cha, nhận bố, nhận ba, nhận mẹ, nhận má, làm adn > nhận cha mẹ con
con nuôi, xin con nuôi, nhận con nuôi > nuôi con nuôi
ly hôn, ly dị, li dị > ghi vào sổ hộ tịch việc ly hôn
sửa tên, đổi họ, đổi tên, thay tên, sửa ngày sinh, sửa năm sinh, sai tên, sai ngày sinh, sai năm sinh, sửa giấy khai sinh, đính chính > thay đổi cải chính hộ tịch
trích lục, bản sao khai sinh, bản sao giấy khai sinh > bản sao trích lục hộ tịch
thương hiệu, logo, nhãn hiệu > đăng ký nhãn hiệu
bản quyền, tác quyền > đăng ký quyền tác giả
khuyến mãi, giảm giá, sale > khuyến mại
bốc thăm, trúng thưởng, quay số > khuyến mại mang tính may rủi
chở heo, chở lợn, chở gà, chở vịt, chở trâu, chở bò, chở dê, vận chuyển lợn, vận chuyển heo, vận chuyển gà, vận chuyển vịt, vận chuyển trâu, vận chuyển bò, vận chuyển gia súc, vận chuyển gia cầm > kiểm dịch động vật
lợn > heo
giải thể công ty > giải thể doanh nghiệp
công ty > doanh nghiệp
tôm, cá giống, tôm giống, con giống thủy sản > động vật thủy sản
ghe, thuyền đánh cá, tàu đánh cá, ghe cá > tàu cá
điện, công tơ, công tơ điện, đồng hồ điện, mắc điện, kéo điện, điện kế > cấp điện
nước máy, đồng hồ nước > cấp nước
quán ăn, nhà hàng, quán cơm, quán phở, bán đồ ăn, bán cơm > cơ sở kinh doanh dịch vụ ăn uống
mở công ty, lập công ty, thành lập doanh nghiệp, đăng ký doanh nghiệp, khởi nghiệp, mở doanh nghiệp > thành lập công ty
đóng cửa công ty, dẹp tiệm, dẹp quán, đóng cửa tiệm, nghỉ bán, thôi kinh doanh, đóng cửa hàng > chấm dứt hoạt động hộ kinh doanh
tạm nghỉ bán, tạm đóng cửa, nghỉ kinh doanh > tạm ngừng kinh doanh
vneid, định danh, định danh điện tử, tài khoản định danh > tài khoản định danh điện tử
rút một lần, rút bảo hiểm, rút bảo hiểm xã hội, lãnh một lần > hưởng bảo hiểm xã hội một lần
lương hưu, hưu trí, nghỉ hưu, về hưu > hưởng lương hưu
tốt nghiệp, bằng cấp, bằng đại học, bằng cấp ba, bằng tốt nghiệp > văn bằng chứng chỉ
vào lớp 6, vô lớp 6, lớp sáu, lớp 6 > tuyển sinh trung học cơ sở
vào lớp 10, lớp 10 > tuyển sinh trung học phổ thông
vào lớp 1, lớp 1 > tuyển sinh tiểu học
đổi trường, xin chuyển trường > chuyển trường
kiện, khiếu nại, khiếu kiện > giải quyết khiếu nại
tố giác, tố cáo > giải quyết tố cáo
tranh chấp đất, tranh chấp ranh đất, lấn đất > hòa giải tranh chấp đất đai
tây ba lô, khách tây, ông tây, người tây, khách nước ngoài > người nước ngoài
tnmt, tài nguyên môi trường > môi trường
pccc > phòng cháy chữa cháy
tnhh 1 tv, tnhh mtv > công ty tnhh một thành viên
ủy quyền, giấy ủy quyền > chứng thực chữ ký
hợp đồng mua bán, mua bán xe > chứng thực hợp đồng giao dịch
liệt sĩ, thương binh, người có công > người có công với cách mạng
hát karaoke, quán hát > karaoke
cho con, cho bé, cho cháu, em bé > trẻ em
bị mất, làm mất, rớt, đánh rơi, thất lạc, rách, hư, hỏng, làm lại, xin lại > cấp lại
hết hạn, quá hạn, sắp hết hạn > đổi
làm mới, xin cấp, làm lần đầu > cấp
"""

# Words that say how somebody asks, not what for. They weigh little.
FILLERS = """
làm xin muốn cần cho ở tại của là thì và với để được bị có không hay gì nào đâu sao thế như bao nhiêu lâu tiền mấy ai khi nếu
tôi em mình anh chị con bé ông bà cháu người các những một này kia đó nhé ạ ơi hỏi giúp cách thủ tục hồ sơ giấy tờ online mạng
qua trên nhanh gấp mới nhất năm gần xã phường huyện quận tỉnh thành phố thị trấn bên từ về đi thêm bằng
the a an how to for in vietnam việt nam
"""

# Names of places: they say where, and every procedure is offered in many places.
PLACES = """
an giang, bà rịa vũng tàu, bạc liêu, bắc giang, bắc kạn, bắc ninh, bến tre, bình dương, bình định, bình phước, bình thuận, cà mau,
cao bằng, cần thơ, đà nẵng, đắk lắk, đắk nông, điện biên, điện biên phủ, đồng nai, đồng tháp, gia lai, hà giang, hà nam, hà nội,
hà tĩnh, hải dương, hải phòng, hậu giang, hòa bình, hồ chí minh, tp hcm, tphcm, hcm, sài gòn, hưng yên, khánh hòa, kiên giang,
kon tum, lai châu, lâm đồng, lạng sơn, lào cai, long an, nam định, nghệ an, ninh bình, ninh thuận, phú thọ, phú yên, quảng bình,
quảng nam, quảng ngãi, quảng ninh, quảng trị, sóc trăng, sơn la, tây ninh, thái bình, thái nguyên, thanh hóa, thừa thiên huế, huế,
tiền giang, trà vinh, tuyên quang, vĩnh long, vĩnh phúc, yên bái, đà lạt, đông hà, vũng tàu, nha trang, buôn ma thuột
"""
