"""URLs of the account pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", views.Login.as_view(), name="login"),
    path("dang-xuat/", LogoutView.as_view(), name="logout"),
    path("sau-dang-nhap/", views.after_login, name="after_login"),
    path("tai-khoan/", views.account, name="account"),
    path("tin-nhan/", views.inbox, name="inbox"),
    path("tin-nhan/<int:pk>/", views.message, name="message"),
]
