"""URLs of the account pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views
from accounts.staffing import views as staffing

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", views.Login.as_view(), name="login"),
    path("dang-xuat/", LogoutView.as_view(), name="logout"),
    path("sau-dang-nhap/", views.after_login, name="after_login"),
    path("tai-khoan/", views.account, name="account"),
    path("tin-nhan/", views.inbox, name="inbox"),
    path("tin-nhan/<int:pk>/", views.message, name="message"),
    path("can-bo/nhan-su/", staffing.overview, name="staff"),
    path("can-bo/nhan-su/xin/<slug:slug>/", staffing.ask, name="staff_ask"),
    path("can-bo/nhan-su/tai-khoan-moi/", staffing.new_login, name="staff_new"),
    path("can-bo/nhan-su/co-quan/<str:code>/", staffing.people, name="staff_people"),
    path("can-bo/nhan-su/vai-tro/<int:pk>/ket-thuc/", staffing.end_role, name="staff_end"),
    path("can-bo/nhan-su/<int:pk>/", staffing.request_page, name="staff_request"),
    path("dat-mat-khau/", staffing.set_password, name="set_password"),
    path("dat-mat-khau/<str:token>/", staffing.password_link, name="password_link"),
]
